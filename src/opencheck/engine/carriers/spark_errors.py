"""What a job of Spark fails for, in a sentence for the person who must do something about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from opencheck.core.errors import InputError, first_line, reading_broke_off

__all__ = ["cause_of", "explained_failures"]

_LACKING = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
_UNREAD = re.compile(r"\[FAILED_READ_FILE[^\]]*\] Encountered error while reading file (\S+?)\.?\s")
_CAUSE = re.compile(r"^(?:Caused by)?: (?:[\w$]+\.)+[\w$]+(?:: (.*))?$", re.M)


@contextmanager
def explained_failures() -> Iterator[None]:
    """Run a job of Spark.

    Raises:
        InputError: a file that cannot be read to its end, or a package that the workers lack. Other errors are Spark's own.
    """
    try:
        yield
    except Exception as exc:  # Spark wraps what happens in Java or in a worker in errors of its own
        text = str(exc)
        if lacking := _LACKING.search(text):
            reason = (
                f"Spark 的工作进程里没有 {lacking[1]}：请把装有 opencheck[spark] 的环境带到各节点 / Spark's workers lack the package "
                f"{lacking[1]}: ship an environment with opencheck[spark] to them (PYSPARK_PYTHON, --archives)"
            )
            raise InputError(reason, code="spark_worker_lacks_package", found=lacking[1]) from exc
        if file := _UNREAD.search(text):
            raise reading_broke_off(file[1].rpartition("/")[2], cause_of(exc)) from exc
        raise


def cause_of(exc: BaseException) -> str:
    """What an error of Spark goes back to, in one line: the last cause that says something.

    >>> cause_of(Exception("An error occurred while calling o1.x.\\n: org.a.SparkException: It broke\\nCaused by: java.io.EOFException"))
    'It broke'
    >>> cause_of(Exception("no such column"))
    'no such column'
    """
    texts = [text for text in _CAUSE.findall(str(exc)) if text]
    return texts[-1] if texts else first_line(exc)
