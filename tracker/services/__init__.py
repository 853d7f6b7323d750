"""What writes: each change in one transaction, through the same validation, whoever asks for it."""
