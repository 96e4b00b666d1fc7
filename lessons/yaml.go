package lessons

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Limits on a course's YAML files, which may come from a stranger.
const (
	maxYAML  = 256 << 10 // bytes
	maxDepth = 20
)

// document is a YAML file with what is needed to say where something stands.
type document struct {
	name string
	file *ast.File
}

// decode reads YAML strictly into out: unknown keys, aliases, deep nesting and
// oversized files are faults.
func decode(name string, source []byte, out any) (*document, error) {
	if len(source) > maxYAML {
		return nil, &Fault{File: name, Message: fmt.Sprintf("the file is larger than %d KiB", maxYAML>>10)}
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return nil, yamlFault(name, err)
	}
	doc := &document{name: name, file: file}
	guard := &limits{}
	for _, d := range file.Docs {
		if d.Body != nil {
			ast.Walk(guard, d.Body)
		}
	}
	if guard.alias != nil {
		return nil, &Fault{File: name, Line: line(guard.alias), Message: "anchors and aliases are not allowed in a course"}
	}
	if guard.deep != nil {
		return nil, &Fault{File: name, Line: line(guard.deep), Message: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	if err := yaml.NodeToValue(body(file), out, yaml.Strict()); err != nil {
		return nil, yamlFault(name, err)
	}
	return doc, nil
}

func body(file *ast.File) ast.Node {
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return ast.Null(nil)
	}
	return file.Docs[0].Body
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

// yamlFault turns the decoder's error, which draws the source, into one line.
func yamlFault(name string, err error) error {
	var positioned yaml.Error
	if !errors.As(err, &positioned) {
		return &Fault{File: name, Message: err.Error()}
	}
	fault := &Fault{File: name, Message: positioned.GetMessage()}
	if t := positioned.GetToken(); t != nil && t.Position != nil {
		fault.Line = t.Position.Line
	}
	return fault
}

// limits looks for aliases and for nesting that no course needs. Depth is
// taken from the node's path, which grows with each level.
type limits struct{ alias, deep ast.Node }

func (l *limits) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.AliasType, ast.AnchorType, ast.MergeKeyType:
		if l.alias == nil {
			l.alias = n
		}
	}
	if path := n.GetPath(); strings.Count(path, ".")+strings.Count(path, "[") > maxDepth && l.deep == nil {
		l.deep = n
	}
	return l
}

// faults collects what is wrong in one document; places are YAML paths such as
// $.exercises[0].checks[1].
type faults struct {
	doc  *document
	list Faults
}

func (f *faults) at(path, format string, args ...any) {
	fault := &Fault{File: f.doc.name, Message: fmt.Sprintf(format, args...)}
	for fault.Line == 0 {
		fault.Line = f.doc.line(path)
		// What is missing has no place of its own: take the one around it.
		cut := strings.LastIndexAny(path, ".[")
		if cut <= 0 {
			break
		}
		path = path[:cut]
	}
	f.list = append(f.list, fault)
}

// line says where the YAML path stands; 0 when nothing stands there.
func (d *document) line(path string) int {
	p, err := yaml.PathString(path)
	if err != nil {
		return 0
	}
	node, err := p.FilterFile(d.file)
	if err != nil {
		return 0
	}
	return line(node)
}

var variable = regexp.MustCompile(`\$\{([a-z][a-z0-9_]*)\}`)

// expand replaces ${name} in YAML source by values[name]. An unknown name is a
// fault.
func expand(name string, source []byte, values map[string]string) ([]byte, error) {
	var found Faults
	lines := strings.Split(string(source), "\n")
	for i, text := range lines {
		lines[i] = variable.ReplaceAllStringFunc(text, func(m string) string {
			key := m[2 : len(m)-1]
			value, known := values[key]
			if !known {
				found = append(found, &Fault{File: name, Line: i + 1, Message: fmt.Sprintf("there is no variable %q; the lesson's variables are: %s", key, keys(values))})
			}
			return value
		})
	}
	return []byte(strings.Join(lines, "\n")), found.orNil()
}

// Fill replaces ${name} in the text of a file that an exercise lays into the
// workspace. What is no variable stays as it is: it may be the file's own.
func Fill(text string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		if value, known := values[m[2:len(m)-1]]; known {
			return value
		}
		return m
	})
}
