"""Files as the world may bring them: every reader of a foreign file is given damaged ones, in bounded memory."""
