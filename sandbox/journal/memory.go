package journal

import (
	"context"
	"sync"
)

// Memory is a Journal that is forgotten with the process, for work that
// nobody asks about later. The zero Memory is empty and ready for use.
type Memory struct {
	mu      sync.Mutex
	entries []Entry
}

var _ Journal = (*Memory)(nil)

// Append stores the entries; it never fails.
func (m *Memory) Append(_ context.Context, entries ...Entry) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range entries {
		e.Seq = int64(len(m.entries)) + 1
		m.entries = append(m.entries, e)
	}
	return int64(len(m.entries)), nil
}

// Since returns the entries after seq; it never fails.
func (m *Memory) Since(_ context.Context, seq int64) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seq = min(max(seq, 0), int64(len(m.entries)))
	return append([]Entry(nil), m.entries[seq:]...), nil
}
