"""A challenger against the champion: judged on labels, tried on history, promoted or refused."""
