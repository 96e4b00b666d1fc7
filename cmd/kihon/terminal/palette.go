package terminal

import (
	"strings"

	"github.com/fatih/color"

	"kihon/lessons/render"
)

// Palette is how kihon's words look. It has few colours, and each means one
// thing: cyan is to be taken letter by letter (what to type, what it is
// called), green has been done, yellow is not yet, red is wrong. All of them
// are from the terminal's own sixteen, so that they suit its background.
//
// The values carry whether they colour or not; the global switch of package
// color plays no part. They are never changed, so a Palette may be used by
// several goroutines.
type Palette struct {
	Title, Heading, Strong *color.Color
	Code, Typed, Link      *color.Color
	Dim                    *color.Color
	OK, Warn, Bad          *color.Color
}

// NewPalette returns the palette; with colour false all of it is plain text.
func NewPalette(colour bool) Palette {
	look := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if colour {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return Palette{
		Title:   look(color.Bold),
		Heading: look(color.Bold),
		Strong:  look(color.Bold),
		Code:    look(color.FgCyan),
		Typed:   look(color.Bold),
		Link:    look(color.Underline),
		Dim:     look(color.Faint),
		OK:      look(color.FgGreen),
		Warn:    look(color.FgYellow),
		Bad:     look(color.FgRed),
	}
}

// Palette returns the palette for Out.
func (s Streams) Palette() Palette { return NewPalette(s.Colour) }

// ErrPalette returns the palette for Err.
func (s Streams) ErrPalette() Palette { return NewPalette(s.ErrColour) }

// Style returns the palette as package render takes it. Emphasis is bold, too:
// many terminals show italics reversed, and few fonts have them for Japanese.
func (p Palette) Style() render.Style {
	return render.Style{
		Title:    sgr(p.Title),
		Heading:  sgr(p.Heading),
		Strong:   sgr(p.Strong),
		Emphasis: sgr(p.Strong),
		Code:     sgr(p.Code),
		Typed:    sgr(p.Typed),
		Output:   sgr(p.Dim),
		Link:     sgr(p.Link),
		Rule:     sgr(p.Dim),
		Dim:      sgr(p.Dim),
		OK:       sgr(p.OK),
		Warn:     sgr(p.Warn),
		Bad:      sgr(p.Bad),
	}
}

// sgr returns the sequences that c writes before and after a text.
func sgr(c *color.Color) render.SGR {
	var on, off strings.Builder
	c.SetWriter(&on)
	c.UnsetWriter(&off)
	return render.SGR{On: on.String(), Off: off.String()}
}
