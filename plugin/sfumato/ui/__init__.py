"""The docker: widgets that show jobs and ask for things by signals, and know no Krita."""
