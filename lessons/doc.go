// Package lessons says what a course is: a folder of Markdown and checks, read
// into lessons with exercises.
//
// # The folder
//
//	course.yaml                    title, images, chapters and their lessons
//	ports/en.md  ports/ja.md       the text of the lesson "ports", per language
//	ports/exercises.yaml           what is the same in every language
//	ports/files/...                files the exercises lay into the workspace
//
// # The text
//
// The text is plain GitHub Markdown and reads well on a code host. It begins
// with one first-level heading, the title. An exercise is a second-level
// heading with a comment before it:
//
//	<!-- exercise: reach-apache -->
//	## Reach Apache in your browser
//
// Its text goes on to the next comment of this kind. Hints and the explanation
// of the solution are details blocks in it, whose summaries begin with "Hint"
// or "Solution" (「ヒント」, 「答え」). A quiz is marked with "quiz:" and holds a
// task list, one item a choice, and a details block "Answer" with an ordered
// list, one explanation a choice. After the comment "prose" the lesson's own
// text goes on.
//
// # Variables
//
// exercises.yaml gives names to ports, containers and words that may have to
// be other ones on the learner's machine, with the values that the text shows.
// In exercises.yaml they are written ${web_port}; in the Markdown the value
// itself stands, and wherever it stands as a whole word it is replaced. So a
// value has to be distinctive within its lesson.
//
// # Faults
//
// Whatever is wrong with a course is reported as a *Fault, with file and line.
package lessons
