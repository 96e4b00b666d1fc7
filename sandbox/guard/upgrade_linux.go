package guard

import (
	"net"

	"golang.org/x/sys/unix"
)

// whenGone calls gone when the other side, which has ended its input, has
// closed its connection altogether. It ends when conn is closed.
func whenGone(conn net.Conn, gone func()) {
	local, ok := conn.(*net.UnixConn)
	if !ok {
		return
	}
	raw, err := local.SyscallConn()
	if err != nil {
		return
	}
	go func() {
		hungUp := false
		// The kernel tells of a half-closed socket and of a closed one with an
		// event each; in between, this waits without a thread.
		err := raw.Read(func(fd uintptr) bool {
			polled := []unix.PollFd{{Fd: int32(fd)}}
			n, err := unix.Poll(polled, 0)
			hungUp = err == nil && n == 1 && polled[0].Revents&unix.POLLHUP != 0
			return hungUp
		})
		if err == nil && hungUp {
			gone()
		}
	}()
}
