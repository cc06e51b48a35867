"""What people must mend: something outside the program is missing or wrong."""


class EnvironmentFaultError(Exception):
    """Base of all faults of the environment; the message says what is wrong, `mend` what to do about it."""

    def __init__(self, what: str, mend: str = "see `lienthong doctor`") -> None:
        super().__init__(what)
        self.mend = mend
