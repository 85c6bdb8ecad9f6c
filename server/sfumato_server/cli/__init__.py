"""What stands behind each `sfumato` command. Modules here are imported when their command runs."""
