package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTheSourceSaysWhatTheCatalogueHas(t *testing.T) {
	for _, fault := range misfits(t, uiEn, filepath.Join("..", "..", "cmd"), filepath.Join("..", "..", "lessons")) {
		t.Error(fault)
	}
}

func TestMisfitsAreFound(t *testing.T) {
	dir := t.TempDir()
	write := func(name, source string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("p.go", `package p
func f(w interface{ Say(string, ...any) string }, key string, pairs []any) {
	w.Say("good.one", "n", 1)
	w.Say("good.two")
	w.Say("good.one", pairs...)
	w.Say("no.such")
	w.Say("good.one")
	w.Say("good.two", "n", 1)
	w.Say("good.one", "n")
	w.Say("good.one", word(), 1)
	w.Say("good." + word())
}
`)
	write("q.go", `package p
func (a *app) usage(key string, args ...any) string { return a.words.Say(key, args...) + a.words.Say(key+".next", args...) }
func (a *app) g() {
	say := func(key string) string { return a.words.Say(key) }
	say("good.two")
	say("good.three")
	say(word())
	a.say("this is no key")
	a.usage("bad.call", "flag", "-x", "id", 1)
	a.usage("bad.call", "flag", "-x")
	a.usage("good.two")
}
func h(a *app) { say("nor is this") }
`)
	write("p_test.go", "package p\n\nvar x = w.Say(\"only.in.tests\")\n")
	got := misfits(t, map[string]string{
		"good.one": "{n}", "good.two": "two", "good.three": "{n} three",
		"bad.call": "{flag}", "bad.call.next": "{id}", "never.said": "x",
	}, dir)
	want := []string{
		`p.go:10: good.one: the name of a pair must be a string literal`,
		`p.go:11: the key must be a string literal`,
		`p.go:6: no.such: not in the catalogue`,
		`p.go:7: good.one: needs [n], gets []`,
		`p.go:8: good.two: needs [], gets [n]`,
		`p.go:9: good.one: a name without a value`,
		`q.go:10: bad.call, bad.call.next: needs [flag id], gets [flag]`,
		`q.go:11: good.two.next: not in the catalogue`,
		`q.go:6: good.three: needs [n], gets []`,
		`q.go:7: the key must be a string literal`,
		`never.said: in the catalogue, but nobody says it`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// forwarder is a function that hands its own parameter to Say as the key. The
// keys are then what its callers write.
type forwarder struct {
	name     string
	method   bool      // called as x.name(...)
	dir      string    // of the package
	from, to token.Pos // where the name is known; all of the package when 0
	keyAt    int
	endings  []string // what is put after the key: "" and ".next"
	pairsAt  int      // where the pairs begin; -1 when it passes none on
}

// misfits parses the Go files below the folders, those of tests left out, and
// compares what they hand to a method Say with the catalogue.
func misfits(t *testing.T, catalogue map[string]string, folders ...string) []string {
	t.Helper()
	set := token.NewFileSet()
	files := map[*ast.File]string{} // with the folder
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			files[file] = filepath.Dir(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var forwarders []*forwarder
	forwarding := map[*ast.CallExpr]bool{}
	for file, dir := range files {
		forwarders = append(forwarders, forwardersOf(file, dir, forwarding)...)
	}
	said := map[string]bool{}
	var faults []string
	for file, dir := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) == 0 || forwarding[call] {
				return true
			}
			fault := ""
			if isSay(call) {
				fault = misfit(call, 0, 1, []string{""}, catalogue, said)
			}
			for _, f := range forwarders {
				if f.called(call, dir) {
					fault = misfit(call, f.keyAt, f.pairsAt, f.endings, catalogue, said)
				}
			}
			if fault != "" {
				p := set.Position(call.Pos())
				faults = append(faults, fmt.Sprintf("%s:%d: %s", filepath.Base(p.Filename), p.Line, fault))
			}
			return true
		})
	}
	slices.Sort(faults)
	var unused []string
	for key := range catalogue {
		if !said[key] {
			unused = append(unused, key+": in the catalogue, but nobody says it")
		}
	}
	slices.Sort(unused)
	return append(faults, unused...)
}

func isSay(call *ast.CallExpr) bool {
	method, is := call.Fun.(*ast.SelectorExpr)
	return is && method.Sel.Name == "Say" && len(call.Args) > 0
}

// forwardersOf finds the forwarders of a file, among its functions and among
// the closures that have a name, and marks their calls of Say.
func forwardersOf(file *ast.File, dir string, forwarding map[*ast.CallExpr]bool) []*forwarder {
	var out []*forwarder
	for _, d := range file.Decls {
		decl, is := d.(*ast.FuncDecl)
		if !is || decl.Body == nil {
			continue
		}
		if f := forwards(decl.Type, decl.Body, forwarding); f != nil {
			f.name, f.method, f.dir = decl.Name.Name, decl.Recv != nil, dir
			out = append(out, f)
		}
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			assign, is := n.(*ast.AssignStmt)
			if !is || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
				return true
			}
			name, named := assign.Lhs[0].(*ast.Ident)
			literal, function := assign.Rhs[0].(*ast.FuncLit)
			if !named || !function {
				return true
			}
			if f := forwards(literal.Type, literal.Body, forwarding); f != nil {
				f.name, f.dir, f.from, f.to = name.Name, dir, decl.Pos(), decl.End()
				out = append(out, f)
			}
			return true
		})
	}
	return out
}

// forwards describes a function as a forwarder; nil when it is none.
func forwards(signature *ast.FuncType, body *ast.BlockStmt, forwarding map[*ast.CallExpr]bool) *forwarder {
	at, variadic := map[string]int{}, ""
	i := 0
	for _, field := range signature.Params.List {
		for _, name := range field.Names {
			at[name.Name] = i
			if _, is := field.Type.(*ast.Ellipsis); is {
				variadic = name.Name
			}
			i++
		}
	}
	var f *forwarder
	ast.Inspect(body, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is || !isSay(call) {
			return true
		}
		key, ending := call.Args[0], ""
		if sum, is := key.(*ast.BinaryExpr); is && sum.Op == token.ADD {
			if text, literal := literalString(sum.Y); literal {
				key, ending = sum.X, text
			}
		}
		name, is := key.(*ast.Ident)
		if !is {
			return true
		}
		place, parameter := at[name.Name]
		if !parameter {
			return true
		}
		forwarding[call] = true
		if f == nil {
			f = &forwarder{keyAt: place, pairsAt: -1}
		}
		f.endings = append(f.endings, ending)
		if last, is := call.Args[len(call.Args)-1].(*ast.Ident); is && call.Ellipsis != token.NoPos && last.Name == variadic {
			f.pairsAt = at[variadic]
		}
		return true
	})
	return f
}

func (f *forwarder) called(call *ast.CallExpr, dir string) bool {
	if dir != f.dir || len(call.Args) <= f.keyAt {
		return false
	}
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.method && fun.Sel.Name == f.name
	case *ast.Ident:
		return !f.method && fun.Name == f.name && (f.from == 0 || f.from <= call.Pos() && call.Pos() < f.to)
	}
	return false
}

// misfit compares one call with the catalogue: the key with each ending, and
// the names of the pairs with the placeholders of all of them.
func misfit(call *ast.CallExpr, keyAt, pairsAt int, endings []string, catalogue map[string]string, said map[string]bool) string {
	begin, literal := literalString(call.Args[keyAt])
	if !literal {
		return "the key must be a string literal"
	}
	var keys, needed []string
	for _, ending := range endings {
		key := begin + ending
		say, known := catalogue[key]
		if !known {
			return key + ": not in the catalogue"
		}
		said[key] = true
		keys, needed = append(keys, key), append(needed, names(say)...)
	}
	slices.Sort(needed)
	needed = slices.Compact(needed)
	where := strings.Join(keys, ", ")
	if call.Ellipsis != token.NoPos {
		return "" // the pairs come from elsewhere
	}
	var given []string
	if pairsAt >= 0 {
		pairs := call.Args[min(pairsAt, len(call.Args)):]
		if len(pairs)%2 == 1 {
			return where + ": a name without a value"
		}
		for i := 0; i < len(pairs); i += 2 {
			name, literal := literalString(pairs[i])
			if !literal {
				return where + ": the name of a pair must be a string literal"
			}
			given = append(given, name)
		}
	}
	slices.Sort(given)
	if !slices.Equal(needed, given) {
		return fmt.Sprintf("%s: needs %v, gets %v", where, needed, given)
	}
	return ""
}

func literalString(e ast.Expr) (string, bool) {
	lit, is := e.(*ast.BasicLit)
	if !is || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
