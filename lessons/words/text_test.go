package words

import "testing"

func TestFillLeavesNothingOpenAndLooksOnce(t *testing.T) {
	for _, c := range []struct {
		name, say, want string
		values          map[string]string
		ok              bool
	}{
		{"a value", "the port {port}.", "the port 80.", map[string]string{"port": "80"}, true},
		{"no value", "the port {port}.", "the port .", nil, false},
		{"a value with braces stays as it is", "{a}", "{b}", map[string]string{"a": "{b}", "b": "x"}, true},
		{"one", "{n} {n|step|steps}", "1 step", map[string]string{"n": "1"}, true},
		{"many", "{n} {n|step|steps}", "2 steps", map[string]string{"n": "2"}, true},
		{"none", "{n} {n|step|steps}", "0 steps", map[string]string{"n": "0"}, true},
		{"an empty form", "item{n||s}", "item", map[string]string{"n": "1"}, true},
		{"a Go template is no placeholder", "{{.Id}}", "{{.Id}}", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := fill(c.say, c.values)
			if got != c.want || ok != c.ok {
				t.Errorf("fill(%q) = %q, %v; want %q, %v", c.say, got, ok, c.want, c.ok)
			}
		})
	}
}

func TestTheFirstAlternativeThatFitsIsTaken(t *testing.T) {
	some := text{
		{"docker rm -f {holder} & docker run", "free"},
		{"docker rm & docker run", "remake"},
		{"docker run", "make"},
		{"found=created", "created"},
		{"", "log {log}"},
		{"no commands", "alone"},
		{"commands", "any"},
	}
	for _, c := range []struct {
		want     string
		values   map[string]string
		commands []string
	}{
		{"free", map[string]string{"holder": "web"}, []string{"docker rm -f web", "docker run httpd"}},
		{"remake", map[string]string{"holder": "we"}, []string{"docker rm -f web", "docker run httpd"}},
		{"remake", nil, []string{"docker rm -f web", "docker run httpd"}},
		{"make", nil, []string{"docker run httpd"}},
		{"created", map[string]string{"found": "created", "log": "x"}, nil},
		{"log x", map[string]string{"found": "exited", "log": "x"}, nil},
		{"any", nil, []string{"docker runner"}},
		{"alone", nil, nil},
	} {
		if got, ok := some.in(c.values, c.commands); got != c.want || !ok {
			t.Errorf("with %v and %v: %q, %v; want %q", c.values, c.commands, got, ok, c.want)
		}
	}
	if got, ok := (text{{"commands", "x"}}).in(nil, nil); ok {
		t.Errorf("no alternative fits, and yet %q was said", got)
	}
}
