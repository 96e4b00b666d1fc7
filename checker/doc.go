// Package checker says what an exercise demands of a real engine, and what
// came of looking.
//
// Judging has three steps in three places. Package gather asks the engine only
// for what the checks name. Package compare holds the checks against that
// snapshot; it is a pure function, so most of its tests need no engine. What
// is missing becomes findings, which are data: a code, the subject, what was
// wanted, what was found, and commands to type. Package words, elsewhere, puts
// them into a language. Package judge runs the three steps and knows how long
// to wait for a program that is still starting.
//
// # The facts
//
// An exercise lists checks. Each names one fact; all must hold.
//
// A container, by name. It must be the learner's: made through the sandbox of
// this home. The state is running, exited, created, paused, exists or absent:
//
//   - container: {name: apa000ex2, image: httpd, state: running, by: learner}
//
// A host port that leads to a port inside:
//
//   - port: {container: apa000ex2, host: 8080, inside: 80}
//
// An answer over HTTP on this computer. The body may have to hold a text, or
// to be a file of the container, and that file may have to be the image's own:
//
//   - http: {url: "http://localhost:8080/", container: apa000ex2, contains: sakura}
//   - http: {url: "http://localhost:8080/", container: apa000ex2, same_as: /usr/local/apache2/htdocs/index.html, from_image: true}
//
// An image reference that the engine has, or has not:
//
//   - image: {reference: httpd, state: present}
//
// A file in a container, running or stopped:
//
//   - file: {container: left, path: /tmp/only-here}
//
// Steps that the learner took with one container, in order, others between
// them allowed; alternatives are joined with |:
//
//   - history: {container: apa000ex1, steps: [start, stop|kill]}
//
// A typed answer: the numbers of a quiz's right choices, or the ID of a
// container, shortened if one likes:
//
//   - answer: {choices: [2], of: 3}
//   - answer: {container_id: apa000ex1, min_length: 4}
package checker
