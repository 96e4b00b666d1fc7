package depcheck

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const dockerClient = "github.com/docker/docker/client"

// presentation is how things are shown to somebody.
var presentation = []string{
	"github.com/AlecAivazis/survey/v2/...", "github.com/fatih/color/...", "github.com/spf13/cobra/...", "html/template",
}

var sql = []string{"database/sql/...", "modernc.org/sqlite/..."}

var rules = []Rule{
	{
		Packages: []string{"kihon/content/..."}, Only: []string{""},
		Reason: "content is files and nothing else, so that whoever reads a course takes any file system",
	},
	{
		Packages: []string{"kihon/checker/..."}, Only: []string{"kihon/checker/..."},
		Reason: "a verdict is about the engine as it is, whoever asks and wherever the learner works; checker declares what it needs of both",
	},
	{
		Packages: []string{"kihon/sandbox/..."}, Only: []string{"kihon/sandbox/..."},
		Reason: "where the learner works does not depend on what they are asked to do there",
	},
	{
		Packages: []string{"kihon/store/..."}, Only: []string{"kihon/store/...", "kihon/sandbox/journal"},
		Reason: "store keeps what it is given; of the rest it knows only the journal's entries",
	},
	{
		Packages: []string{"kihon/lessons/..."}, Only: []string{"kihon/lessons/...", "kihon/checker/..."},
		Reason: "a course and a live session know what is demanded, and are told what the engine says",
	},
	{
		Packages: []string{"kihon/checker/...", "kihon/sandbox/...", "kihon/lessons/...", "kihon/content/...", "kihon/store/..."},
		Never:    append([]string{"kihon/cmd/..."}, presentation...),
		Reason:   "what is true is shown by more than one face; only cmd knows of menus, colour, flags and pages",
	},
	{
		Packages: []string{"kihon/checker/...", "kihon/sandbox/...", "kihon/lessons/...", "kihon/content/..."},
		Never:    sql,
		Reason:   "store is the one place with SQL",
	},
	{
		Packages: []string{"kihon/checker/...", "kihon/lessons/...", "kihon/content/...", "kihon/store/..."},
		Never:    []string{"golang.org/x/term/...", "github.com/creack/pty/..."},
		Reason:   "only the learner's shell and the faces have to do with a terminal",
	},
	{
		Packages: []string{"kihon/..."}, Except: []string{"kihon/cmd/kihon/terminal/..."},
		NotThemselves: []string{"github.com/AlecAivazis/survey/v2/...", "github.com/fatih/color/..."},
		Reason:        "survey and color stand behind one interface and one value, so that another library is a change in one package",
	},
	{
		Packages: []string{"kihon/cmd/kihon-prompt"},
		Never:    []string{"net/http", "encoding/json", "fmt", "github.com/..."},
		Reason:   "it runs before every prompt, and each of these makes it start later",
	},
	{
		Packages: []string{"kihon/..."}, Except: []string{"kihon/internal/..."},
		Never:  []string{"kihon/internal/..."},
		Reason: "what is below internal is for tests",
	},
}

var systems = []string{"linux", "darwin", "windows"}

func TestImportsPointOneWay(t *testing.T) {
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			packages, err := List(system)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range Violations("kihon", packages, rules) {
				t.Error(v)
			}
			// A rule about a folder that was renamed would hold nothing.
			for _, r := range rules {
				for _, pattern := range r.Packages {
					if !slices.ContainsFunc(packages, func(p Package) bool { return matches([]string{pattern}, p.ImportPath) }) {
						t.Errorf("there is no package %s, which a rule is about (%s)", pattern, r.Reason)
					}
				}
			}
		})
	}
}

func TestOneRuleCatchesWhatItForbids(t *testing.T) {
	list := []Package{
		{ImportPath: "m/low", Imports: []string{"fmt", "m/high"}, Deps: []string{"fmt", "m/high", "x.org/paint/deep"}},
		{ImportPath: "m/low/inner", Imports: []string{"m/low", "x.org/other"}, Deps: []string{"m/low", "x.org/other"}},
		{ImportPath: "m/lower", Imports: []string{"m/high"}, Deps: []string{"m/high"}},
	}
	tests := map[string]struct {
		rule Rule
		want []string
	}{
		"a tree may import itself and nothing else of the module": {
			Rule{Packages: []string{"m/low/..."}, Only: []string{"m/low/..."}}, []string{"m/low imports m/high: "},
		},
		"none of the module": {
			Rule{Packages: []string{"m/low/inner"}, Only: []string{""}}, []string{"m/low/inner imports m/low: "},
		},
		"what an import imports counts as well": {
			Rule{Packages: []string{"m/..."}, Never: []string{"x.org/paint/..."}}, []string{"m/low imports x.org/paint/deep, directly or not: "},
		},
		"what an import imports is its own affair": {
			Rule{Packages: []string{"m/..."}, NotThemselves: []string{"x.org/..."}}, []string{"m/low/inner imports x.org/other: "},
		},
		"a pattern without dots is one package": {
			Rule{Packages: []string{"m/low"}, Only: []string{"m/low"}}, []string{"m/low imports m/high: "},
		},
		"a longer name is another package": {
			Rule{Packages: []string{"m/low/..."}, Except: []string{"m/low"}, Only: []string{"m/low"}}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Violations("m", list, []Rule{test.rule}); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The client's module is about to move. Whoever else made a client would have
// to move with it.
func TestOnlyOnePackageMakesAnEngineClient(t *testing.T) {
	makers := map[string]bool{}
	for _, system := range systems {
		packages, err := List(system)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packages {
			if !slices.Contains(p.Imports, dockerClient) {
				continue
			}
			for _, name := range p.GoFiles {
				path := filepath.Join(p.Dir, name)
				file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				if made := makesClient(file); made != "" {
					makers[p.ImportPath] = true
					if p.ImportPath != "kihon/sandbox/engine" {
						t.Errorf("%s uses %s; only kihon/sandbox/engine makes a client, the others declare the methods they call", path, made)
					}
				}
			}
		}
	}
	if !makers["kihon/sandbox/engine"] {
		t.Error("kihon/sandbox/engine makes no client, so this test has looked for the wrong thing")
	}
}

// makesClient returns what in a file makes a client, or names its concrete
// type to make one: client.New..., client.Client{}.
func makesClient(file *ast.File) string {
	name := importName(file)
	if name == "" {
		return ""
	}
	made := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok {
			if s := selected(literal.Type, name); s == "Client" {
				made = name + ".Client{}"
			}
		}
		if expr, ok := n.(ast.Expr); ok {
			if s := selected(expr, name); strings.HasPrefix(s, "New") {
				made = name + "." + s
			}
		}
		return made == ""
	})
	return made
}

// selected returns X of an expression name.X.
func selected(expr ast.Expr, name string) string {
	s, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if id, ok := s.X.(*ast.Ident); !ok || id.Name != name {
		return ""
	}
	return s.Sel.Name
}

// importName is what a file calls the client's package; "" when it does not
// import it.
func importName(file *ast.File) string {
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err != nil || path != dockerClient {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return "client"
	}
	return ""
}

func TestTheMakingOfAClientIsSeen(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"by its own name":  {`import "github.com/docker/docker/client"; var c, _ = client.NewClientWithOpts()`, "client.NewClientWithOpts"},
		"by another name":  {`import d "github.com/docker/docker/client"; var c, _ = d.NewEnvClient()`, "d.NewEnvClient"},
		"as a literal":     {`import "github.com/docker/docker/client"; var c = &client.Client{}`, "client.Client{}"},
		"as a function":    {`import "github.com/docker/docker/client"; var f = client.NewClientWithOpts`, "client.NewClientWithOpts"},
		"a test of errors": {`import "github.com/docker/docker/client"; var f = client.IsErrConnectionFailed`, ""},
		"another client":   {`import "example.org/client"; var c = client.New()`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a; "+test.body, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := makesClient(file); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
