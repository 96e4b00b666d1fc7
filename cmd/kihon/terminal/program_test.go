package terminal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"kihon/lessons/render"
)

// programVariable makes the test binary one of the programs below instead of
// a test: they are what runs inside a terminal.
const programVariable = "KIHON_TEST_PROGRAM"

func TestMain(m *testing.M) {
	name := os.Getenv(programVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	streams := Open(os.Stdin, os.Stdout, os.Stderr, os.Getenv, os.Getenv("KIHON_TEST_PLAIN") != "")
	words := EnglishWords()
	if os.Getenv("KIHON_TEST_LANG") == "ja" {
		words = JapaneseWords()
	}
	err := programs[name](ctx, streams, words)
	var needs *NeedsTerminalError
	switch {
	case errors.Is(err, ErrInterrupted), errors.Is(err, context.Canceled):
		fmt.Println("INTERRUPTED")
	case errors.Is(err, ErrCancelled):
		fmt.Println("CANCELLED")
	case errors.As(err, &needs):
		fmt.Println("NEEDS", needs.Flag)
	case err != nil:
		fmt.Println("ERROR", err)
	}
}

var programs = map[string]func(context.Context, Streams, Words) error{
	"select":   selectProgram,
	"long":     longProgram,
	"many":     manyProgram,
	"multi":    multiProgram,
	"input":    inputProgram,
	"confirm":  confirmProgram,
	"pager":    pagerProgram,
	"progress": progressProgram,
	"widths":   widthsProgram,
}

func menu(w Words) (Question, []string) {
	if w.Yes == "はい" {
		return Question{"何をしますか", "kihon start"}, []string{"続きから始める", "章を選ぶ", "このコンピューターを調べる", "終わる"}
	}
	return Question{"What would you like to do?", "kihon start"}, []string{"Go on where I stopped", "Choose a chapter", "Check my machine", "Quit"}
}

func quiz(w Words) (Question, []string) {
	if w.Yes == "はい" {
		return Question{"`-p 8080:80` の 80 は、どこのポートでしょうか。", "kihon answer"}, []string{
			"自分のコンピューターのポートです。ブラウザーは「ここ」を見ます。",
			"コンテナの中のポートです。Apache はそこで待っています。",
			"Docker Hub のポートです。",
		}
	}
	return Question{"In `-p 8080:80`, where is port 80?", "kihon answer"}, []string{
		"It is on your computer, where the browser looks for the page.",
		"It is in the container, where Apache waits.",
		"It is on Docker Hub.",
	}
}

func selectProgram(ctx context.Context, s Streams, w Words) error {
	q, options := menu(w)
	i, err := NewPrompter(s, w).Select(ctx, q, options, 0)
	if err == nil {
		fmt.Printf("ANSWER %d\n", i)
	}
	return err
}

func longProgram(ctx context.Context, s Streams, w Words) error {
	q, options := quiz(w)
	i, err := NewPrompter(s, w).Select(ctx, q, options, -1)
	if err == nil {
		fmt.Printf("ANSWER %d\n", i)
	}
	return err
}

func manyProgram(ctx context.Context, s Streams, w Words) error {
	var options []string
	for i := range 40 {
		options = append(options, fmt.Sprintf("lesson %c%c", 'A'+i/10, 'a'+i%10))
	}
	i, err := NewPrompter(s, w).Select(ctx, Question{"Which one?", "kihon start"}, options, 20)
	if err == nil {
		fmt.Printf("ANSWER %d\n", i)
	}
	return err
}

func multiProgram(ctx context.Context, s Streams, w Words) error {
	q, options := quiz(w)
	indexes, err := NewPrompter(s, w).MultiSelect(ctx, q, options, nil)
	if err == nil {
		fmt.Printf("ANSWER %v\n", indexes)
	}
	return err
}

// inputProgram asks two questions, to see what becomes of keys typed ahead.
func inputProgram(ctx context.Context, s Streams, w Words) error {
	p := NewPrompter(s, w)
	message := "What is your name?"
	if w.Yes == "はい" {
		message = "お名前は？"
	}
	for i, def := range []string{"", "apa000ex2"} {
		text, err := p.Input(ctx, Question{message, "--name"}, def)
		if err != nil {
			return err
		}
		fmt.Printf("ANSWER %d %q\n", i, text)
	}
	return nil
}

func confirmProgram(ctx context.Context, s Streams, w Words) error {
	message := "Remove the container apa000ex2?"
	if w.Yes == "はい" {
		message = "コンテナ apa000ex2 を消しますか？"
	}
	p := NewPrompter(s, w)
	for _, def := range []bool{false, true} {
		yes, err := p.Confirm(ctx, Question{message, "--yes"}, def)
		if err != nil {
			return err
		}
		fmt.Printf("ANSWER %v\n", yes)
	}
	return nil
}

func pagerProgram(ctx context.Context, s Streams, w Words) error {
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "行 %d\n", i+1)
	}
	return Pager(ctx, s, os.Environ(), text.String(), w.PagerHint)
}

// progressProgram shows states until Enter is pressed after each.
func progressProgram(ctx context.Context, s Streams, _ Words) error {
	p := NewProgress(s)
	keys := &typed{in: s.In}
	wait := func() error {
		_, err := pressedKey(ctx, int(os.Stdin.Fd()), keys) // which echoes nothing
		return err
	}
	p.Update("イメージ httpd を作っています。これは少し時間がかかります", 25, 100)
	if err := wait(); err != nil {
		return err
	}
	p.Update("httpd", 1, 2)
	if err := wait(); err != nil {
		return err
	}
	p.Done("httpd のイメージができました。")
	return nil
}

// widthsProgram writes each sample, and behind it the column the cursor should
// be in by our count and the one it is in by the terminal's.
func widthsProgram(_ context.Context, s Streams, _ Words) error {
	for _, sample := range widthSamples {
		fmt.Fprintf(s.Out, "%s|\x1b[%dG?\n", sample, render.StringWidth(sample)+2)
	}
	fmt.Fprintln(s.Out, "READY")
	return nil
}

var widthSamples = []string{
	"docker", "コンテナ", "ｺﾝﾃﾅ", "ﾄﾞｯｶｰ", "か\u3099", "「」、。！？", "…─│•✓→①", "éü", "한국", "～〜ー", "　", "👍",
}
