"""The head-office screen: the folder, what goes and comes, one button, what happened."""
