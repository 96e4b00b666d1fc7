package words

import (
	"strconv"

	"kihon/checker"
)

// Check returns the label of the fact that c demands, as one reads it beside a
// tick: "container apa000ex2 is running, made from httpd".
func (w *Words) Check(c checker.Check) string {
	values := map[string]string{}
	key := ""
	switch {
	case c.Container != nil:
		key = "container." + c.Container.State
		if c.Container.State == "" {
			key = "container.exists"
		}
		values["container"], values["image"] = c.Container.Name, c.Container.Image
	case c.Port != nil:
		key = "port"
		values["container"] = c.Port.Container
		values["host_port"], values["container_port"] = strconv.Itoa(c.Port.Host), strconv.Itoa(c.Port.Inside)
		if c.Port.Protocol == "udp" {
			values["protocol"] = c.Port.Protocol
		}
	case c.Image != nil:
		key = "image.present"
		if c.Image.State == "absent" {
			key = "image.absent"
		}
		values["image"] = c.Image.Reference
	case c.HTTP != nil:
		key = httpKey(c.HTTP)
		values["url"], values["container"] = c.HTTP.URL, c.HTTP.Container
		values["text"], values["path"] = c.HTTP.Contains, c.HTTP.SameAs
		if c.HTTP.Status != 0 && c.HTTP.Status != 200 {
			values["status"] = strconv.Itoa(c.HTTP.Status)
		}
	case c.File != nil:
		key = "file"
		if c.File.Absent {
			key = "file.absent"
		}
		values["container"], values["path"], values["text"] = c.File.Container, c.File.Path, c.File.Contains
	case c.History != nil:
		key = "history"
		values["container"], values["did"] = c.History.Container, w.told(c.History.Steps)
	case c.Answer != nil:
		key = "answer"
		values["container"] = c.Answer.ContainerID
	}
	for name, value := range values {
		values[name] = short(checker.Clean(value))
	}
	label, ok := w.checks[key].in(values, nil)
	if !ok {
		return w.Say("check.unknown")
	}
	return label
}

func httpKey(f *checker.HTTPFact) string {
	switch {
	case f.Contains != "":
		return "http.contains"
	case f.FromImage:
		return "http.from_image"
	case f.SameAs != "":
		return "http.same_as"
	}
	return "http"
}
