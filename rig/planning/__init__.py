"""What a run will take and what it cannot tell, said before anything is energised."""
