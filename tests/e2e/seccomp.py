"""A process that may not use some system calls, as in a container that forbids them, or on a kernel
that does not have them."""
import ctypes
import os
import struct

# The same numbers on every architecture.
IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER = 425, 426, 427

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 38, 22
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO = 0x7FFF0000, 0x00050000
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06      # of classic BPF

libc = ctypes.CDLL(None, use_errno=True)


class FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def instruction(code, value, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, value)


def forbid(call, error):
    """A function that makes `call` fail with `error` in this process and all that it starts."""
    program = b"".join([instruction(LOAD_WORD, 0),        # the call's number comes first
                        instruction(JUMP_IF_EQUAL, call, if_false=1),
                        instruction(RETURN, SECCOMP_RET_ERRNO | error),
                        instruction(RETURN, SECCOMP_RET_ALLOW)])
    rules = FilterProgram(len(program) // 8, program)

    def apply():
        for option, *arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
                                   (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(rules))):
            if libc.prctl(option, *arguments) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    return apply
