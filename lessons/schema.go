package lessons

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"kihon/checker"
)

//go:generate sh -c "go run kihon/cmd/kihon schema course.yaml > ../docs/schema/course.schema.json"
//go:generate sh -c "go run kihon/cmd/kihon schema exercises.yaml > ../docs/schema/exercises.schema.json"

// Schema returns the JSON Schema of course.yaml or exercises.yaml, as editors
// use it to complete and to check. The loader itself checks more.
func Schema(file string) ([]byte, error) {
	var of any
	switch file {
	case "course.yaml":
		of = &CourseFile{}
	case "exercises.yaml":
		of = &ExercisesFile{}
	default:
		return nil, fmt.Errorf("there is a schema of course.yaml and of exercises.yaml, and none of %q", file)
	}
	reflector := &jsonschema.Reflector{RequiredFromJSONSchemaTags: true, ExpandedStruct: true}
	schema := reflector.Reflect(of)
	schema.ID = jsonschema.ID("kihon/" + file)
	schema.Title = file + " of a kihon course"
	if code := codeProperty(schema); code != nil {
		for _, c := range checker.Codes() {
			code.Enum = append(code.Enum, c)
		}
	}
	return json.MarshalIndent(schema, "", "  ")
}

// codeProperty is where a mistake names its finding; nil in course.yaml.
func codeProperty(schema *jsonschema.Schema) *jsonschema.Schema {
	mistake := schema.Definitions["Mistake"]
	if mistake == nil || mistake.Properties == nil {
		return nil
	}
	code, _ := mistake.Properties.Get("code")
	return code
}
