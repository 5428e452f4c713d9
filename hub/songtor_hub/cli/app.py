"""The `songtor-hub` command."""


def main() -> None:
    raise SystemExit("songtor-hub: not built yet")
