"""The `songtor-node` command."""


def main() -> None:
    raise SystemExit("songtor-node: not built yet")
