package guard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object that keeps every member, known or not, in order.
//
// The engine decodes bodies with encoding/json: the case of a struct's keys
// does not count, a later member overwrites an earlier one, and objects that
// occur twice are merged. take and takeObject read a member in the same way, so that
// what the guard sees is what the engine would see.
type object []member

type member struct {
	name  string
	value json.RawMessage
}

// parseObject reads the first JSON value of text, as the engine does, which
// ignores what follows it. null is an empty object.
func parseObject(text []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	start, err := d.Token()
	if err != nil {
		return nil, err
	}
	if start == nil {
		return nil, nil
	}
	if start != json.Delim('{') {
		return nil, fmt.Errorf("%v is not an object", start)
	}
	var o object
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var m member
		m.name, _ = name.(string)
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		o = append(o, m)
	}
	_, err = d.Token()
	return o, err
}

// take removes every member of this name, in any case, and returns the last
// value; nil when there is none.
func (o *object) take(name string) (last json.RawMessage) {
	rest := (*o)[:0:0]
	for _, m := range *o {
		if strings.EqualFold(m.name, name) {
			last = m.value
			continue
		}
		rest = append(rest, m)
	}
	*o = rest
	return last
}

// has reports whether there is a member of this name, in any case.
func (o object) has(name string) bool {
	for _, m := range o {
		if strings.EqualFold(m.name, name) {
			return true
		}
	}
	return false
}

// takeObject removes every member of this name and returns the object that
// they make together.
func (o *object) takeObject(name string) (object, error) {
	var together object
	for _, m := range *o {
		if !strings.EqualFold(m.name, name) {
			continue
		}
		part, err := parseObject(m.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		if part == nil && isNull(m.value) {
			together = nil
			continue
		}
		together = append(together, part...)
	}
	o.take(name)
	return together, nil
}

func isNull(value json.RawMessage) bool { return string(bytes.TrimSpace(value)) == "null" }

// set adds a member at the end. The name must have been taken before.
func (o *object) set(name string, value json.RawMessage) {
	*o = append(*o, member{name, value})
}

// setString gives a key of a map, where the case counts, this value.
func (o *object) setString(key, value string) {
	rest := (*o)[:0:0]
	for _, m := range *o {
		if m.name != key {
			rest = append(rest, m)
		}
	}
	text, _ := json.Marshal(value) // a string always encodes
	*o = append(rest, member{key, text})
}

func (o object) encode() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
