package hook

import (
	"os"
	"strconv"
	"strings"
)

// question is what a shell knows when a prompt is due.
type question struct {
	dir             string
	status, columns int
	first, typed    bool
}

// request is the question as HTTP. A file that cannot be read counts as empty:
// the session decides what a question without its secret is worth.
func (q question) request() []byte {
	body := make([]byte, 0, 512)
	body = append(body, `{"status":`...)
	body = strconv.AppendInt(body, int64(q.status), 10)
	body = append(body, `,"command":`...)
	body = appendJSON(body, commandLine(q.read(CommandFile)))
	body = append(body, `,"columns":`...)
	body = strconv.AppendInt(body, int64(q.columns), 10)
	body = append(body, `,"first":`...)
	body = strconv.AppendBool(body, q.first)
	body = append(body, `,"typed":`...)
	body = strconv.AppendBool(body, q.typed)
	if q.first {
		body = append(body, `,"taken":[`...)
		for i, word := range strings.Fields(q.read(TakenFile)) {
			if i > 0 {
				body = append(body, ',')
			}
			body = appendJSON(body, word)
		}
		body = append(body, ']')
	}
	body = append(body, '}')

	req := make([]byte, 0, 256+len(body))
	req = append(req, "POST /v1/prompt HTTP/1.0\r\nHost: kihon\r\nContent-Type: application/json\r\nX-Kihon-Secret: "...)
	req = append(req, strings.TrimSpace(q.read(SecretFile))...)
	req = append(req, "\r\nContent-Length: "...)
	req = strconv.AppendInt(req, int64(len(body)), 10)
	req = append(req, "\r\n\r\n"...)
	return append(req, body...)
}

func (q question) read(name string) string {
	b, err := os.ReadFile(q.dir + "/" + name)
	if err != nil {
		return ""
	}
	return string(b)
}

// commandLine takes a line of bash's `history 1` apart: a number with blanks
// before it, a "*" or blank for a changed entry, a blank, and the command.
func commandLine(entry string) string {
	entry = strings.TrimLeft(entry, " ")
	digits := 0
	for digits < len(entry) && '0' <= entry[digits] && entry[digits] <= '9' {
		digits++
	}
	if digits == 0 || len(entry) < digits+2 {
		return ""
	}
	line := strings.TrimSuffix(entry[digits+2:], "\n")
	if len(line) > longestLine {
		return ""
	}
	return line
}

// appendJSON appends s as a JSON string. Bytes that are not UTF-8 are left to
// the reader, which replaces them.
func appendJSON(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// Mark makes text fit to stand in a prompt: colour (SGR) sequences are put
// between the bytes 1 and 2, which tell readline that they take no room, and
// every other control character is left out.
func Mark(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if n := colour(text[i:]); n > 0 {
			b.WriteString("\x01" + text[i:i+n] + "\x02")
			i += n - 1
			continue
		}
		if c := text[i]; c >= ' ' && c != 0x7f {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// colour returns the length of the SGR sequence that s begins with, 0 if none.
func colour(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}
