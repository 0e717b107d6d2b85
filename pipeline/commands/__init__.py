"""The subcommands of `ogi`, a module each: `add(commands)` registers one, and nothing heavy is imported before it runs."""
