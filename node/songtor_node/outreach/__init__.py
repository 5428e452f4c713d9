"""The step before every case: telling people where to ask for help, and remembering what was told where."""
