"""The `listenhouse` command. One file a command; heavy libraries load only in the command that needs them."""
