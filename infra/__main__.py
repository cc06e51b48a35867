"""`python -m infra` is the command `lienthong`."""

from infra.cli import main

if __name__ == "__main__":
    main()
