"""`rig selfcheck`: every scenario against every fault and against good meters, and what the rig said of each.

`set_ups` says what a meter and its utility are like, `trials` which of them are run with which fault, `trial` runs one in
virtual time, `crew` runs many on all cores, `matrix` weighs what came out, `document` is what is written and hashed.
"""
