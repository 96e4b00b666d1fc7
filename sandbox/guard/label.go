package guard

import (
	"encoding/json"
	"path"

	"kihon/sandbox/journal"
)

// labelled adds the home's labels to the member Labels of an object. A value
// of the client's own under the same key is replaced.
func (g *Guard) labelled(o object) (object, error) {
	labels, err := o.takeObject("Labels")
	if err != nil {
		return nil, err
	}
	labels.setString(journal.LabelHome, g.config.HomeID)
	labels.setString(journal.LabelActor, string(g.config.Actor))
	o.set("Labels", labels.encode())
	return o, nil
}

func (g *Guard) labels() map[string]string {
	return map[string]string{
		journal.LabelHome:  g.config.HomeID,
		journal.LabelActor: string(g.config.Actor),
	}
}

// labelBody labels the body of a create. A body that is no object is returned
// as it is: the engine refuses it in its own words.
func (g *Guard) labelBody(text []byte) []byte {
	o, err := parseObject(text)
	if err != nil {
		return text
	}
	if o, err = g.labelled(o); err != nil {
		return text
	}
	return o.encode()
}

// labelContainer labels the body of a container's create, and the volumes that
// will come with it without a name. For those there is only one way (measured
// on API 1.41): a mount of type volume without a source. The engine creates its
// volume with the labels given there, leaves out the path in Config.Volumes,
// and docker rm -v and --rm still delete it.
func (g *Guard) labelContainer(text []byte, anonymous []string) []byte {
	o, err := parseObject(text)
	if err != nil {
		return text
	}
	if o, err = g.labelled(o); err != nil {
		return text
	}
	had := o.has("HostConfig")
	host, err := o.takeObject("HostConfig")
	if err != nil {
		return text
	}
	var mounts []json.RawMessage
	if value := host.take("Mounts"); value != nil {
		if json.Unmarshal(value, &mounts) != nil {
			return text
		}
	}
	for i, m := range mounts {
		if mounts[i], err = g.labelMount(m); err != nil {
			return text
		}
	}
	for _, target := range anonymous {
		quoted, _ := json.Marshal(target)
		m, err := g.labelMount(object{{"Type", json.RawMessage(`"volume"`)}, {"Target", quoted}}.encode())
		if err != nil {
			return text
		}
		mounts = append(mounts, m)
	}
	if len(mounts) > 0 {
		value, err := json.Marshal(mounts)
		if err != nil {
			return text
		}
		host.set("Mounts", value)
	}
	if had || len(host) > 0 {
		o.set("HostConfig", host.encode())
	}
	return o.encode()
}

// labelMount labels the volume of a mount; a mount of another type is returned
// as it is. A volume that is there already keeps its own labels.
func (g *Guard) labelMount(text json.RawMessage) (json.RawMessage, error) {
	m, err := parseObject(text)
	if err != nil {
		return nil, err
	}
	kind := m.take("Type")
	if kind == nil {
		return text, nil
	}
	m.set("Type", kind)
	var spelled string
	if json.Unmarshal(kind, &spelled) != nil || spelled != "volume" {
		return m.encode(), nil
	}
	options, err := m.takeObject("VolumeOptions")
	if err != nil {
		return nil, err
	}
	if options, err = g.labelled(options); err != nil {
		return nil, err
	}
	m.set("VolumeOptions", options.encode())
	return m.encode(), nil
}

// clean is how the engine compares paths in a container.
func clean(target string) string { return path.Clean("/" + target) }
