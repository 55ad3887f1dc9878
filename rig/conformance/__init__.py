"""What every driver of a contract must do, as functions that anybody can run: in a test, or on a bench with `rig conform`.

Each case takes an object that holds the device and the hands around it (`LoadUnderTest`, `SourceUnderTest`, ...), raises
`Broken` when the promise is not held, and says in the first line of its docstring what it looks at.
"""
