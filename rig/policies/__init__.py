"""What a policy file may say, a table a module, and what follows from it: shares of a recharge, prices, protected time."""
