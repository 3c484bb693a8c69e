"""Labels that people give to posts: which posts to ask about, the sheet they fill in, what they said."""
