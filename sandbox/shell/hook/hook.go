// Package hook is the prompt's question to the live session: what should the
// learner read before they type again?
//
// A shell runs it before every prompt, so it has to start fast. It therefore
// speaks the little HTTP it needs by hand: encoding/json, fmt and net/http
// would double the time the process takes.
//
// The question is
//
//	POST /v1/prompt HTTP/1.0
//	X-Kihon-Secret: <content of DIR/secret>
//
//	{"status":125,"command":"docker run httpd","columns":80,"first":false,"typed":true}
//
// status is the exit status of the command that just ended; command is the
// line as the shell's history has it, "" where the history kept none or more
// than 4 KiB of it; columns is the terminal's width, 0 when unknown; first is
// true until the first answered call of a shell; typed is false when the
// learner pressed Enter on an empty line. The first call also has "taken", the
// words that were not defined because the learner has commands of that name.
//
// The answer's body is written to standard output as it comes, above the
// prompt. Its header X-Kihon-Prompt is what stands before the learner's own
// prompt from now on; a space is put behind it, and colour (SGR) sequences are
// marked as having no width. An empty value takes the prefix away, no header
// leaves it as it is.
//
// HTTP/1.0 is asked for because its answers end where the connection ends:
// there are no chunks to put together.
package hook

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Exit codes of [Main].
const (
	OK       = 0
	NoAnswer = 1  // no answer in time, or one that says no
	BadCall  = 2  // wrong arguments
	Gone     = 69 // nobody listens on the socket any more
)

// Names of the files in the shell's private directory that the shell and the
// hook share.
const (
	SecretFile  = "secret"  // read; sent as X-Kihon-Secret
	CommandFile = "command" // read; the output of `history 1`
	TakenFile   = "taken"   // read on the first call; one word a line
	PrefixFile  = "prefix"  // written; one line
)

const (
	patience     = 3 * time.Second // for the whole call
	longestLine  = 4 << 10         // bytes of a command line that are sent
	longestStart = 64 << 10        // bytes of an answer's status line and header
)

// errAnswer is an answer that is not HTTP, or not a yes.
var errAnswer = errors.New("no usable answer")

// Main asks the session once. The socket's path is getenv("KIHON_SESSION");
// args are the shell's private directory, the exit status of the last command,
// the width of the terminal in columns, and 1 or 0 for "first" and "typed".
// It returns the exit code, and after three seconds at the latest.
func Main(args []string, getenv func(string) string, stdout io.Writer) int {
	socket := getenv("KIHON_SESSION")
	if len(args) != 5 || socket == "" {
		return BadCall
	}
	q := question{dir: args[0], first: args[3] == "1", typed: args[4] == "1"}
	var err error
	if q.status, err = strconv.Atoi(args[1]); err != nil {
		return BadCall
	}
	if q.columns, err = strconv.Atoi(args[2]); err != nil {
		return BadCall
	}

	conn, err := net.DialTimeout("unix", socket, patience)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, os.ErrNotExist) {
			return Gone
		}
		return NoAnswer
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return NoAnswer
	}
	if _, err := conn.Write(q.request()); err != nil {
		return NoAnswer
	}
	prefix, err := readAnswer(conn, stdout)
	if err != nil {
		return NoAnswer
	}
	if prefix != nil {
		if err := writePrefix(q.dir, *prefix); err != nil {
			return NoAnswer
		}
	}
	return OK
}

// readAnswer copies the body of an answer with status 200 to w and returns the
// value of its X-Kihon-Prompt header, nil when there is none.
func readAnswer(r io.Reader, w io.Writer) (prefix *string, err error) {
	buf := make([]byte, 0, 4096)
	end := -1
	for end < 0 {
		if len(buf) == cap(buf) {
			if len(buf) >= longestStart {
				return nil, errAnswer
			}
			buf = append(buf, make([]byte, len(buf))...)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		end = bytes.Index(buf, []byte("\r\n\r\n"))
		if err != nil && end < 0 {
			return nil, err
		}
	}
	lines := strings.Split(string(buf[:end]), "\r\n")
	if len(lines[0]) < 12 || lines[0][:5] != "HTTP/" || lines[0][9:12] != "200" {
		return nil, errAnswer
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "X-Kihon-Prompt") {
			value = strings.TrimSpace(value)
			prefix = &value
		}
	}
	if _, err := w.Write(buf[end+4:]); err != nil {
		return nil, err
	}
	_, err = io.Copy(w, r)
	return prefix, err
}

// writePrefix stores what stands before the learner's prompt, as one line.
func writePrefix(dir, prefix string) error {
	if prefix != "" {
		prefix = Mark(prefix) + " "
	}
	return os.WriteFile(dir+"/"+PrefixFile, []byte(prefix+"\n"), 0o600)
}
