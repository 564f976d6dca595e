package audit

import (
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is a Merkle tree that only grows: its size and its right edge, the hashes of the
// complete subtrees that it falls into from the left. 32 bytes for each bit of size.
type tree struct {
	size int64
	edge []tlog.Hash
}

// indexes are where tlog would store the hashes of the edge.
func (t tree) indexes() (out []int64) {
	lo := int64(0)
	for level := 62; level >= 0; level-- {
		if t.size&(1<<level) != 0 {
			out = append(out, tlog.StoredHashIndex(level, lo>>level))
			lo += 1 << level
		}
	}
	return out
}

// ReadHashes implements tlog.HashReader for the edge alone, which is all that adding a
// leaf and hashing the tree need.
func (t tree) ReadHashes(want []int64) ([]tlog.Hash, error) {
	at := t.indexes()
	if len(at) != len(t.edge) {
		return nil, errors.New("the tree's edge does not fit its size")
	}
	out := make([]tlog.Hash, len(want))
	for i, w := range want {
		found := false
		for j, a := range at {
			if a == w {
				out[i], found = t.edge[j], true
			}
		}
		if !found {
			return nil, errors.New("the tree's edge lacks a hash")
		}
	}
	return out, nil
}

// add returns the tree with one more leaf.
func (t tree) add(leaf tlog.Hash) (tree, error) {
	made, err := tlog.StoredHashesForRecordHash(t.size, leaf, t)
	if err != nil {
		return t, err
	}
	joined := len(made) - 1 // so many subtrees of the edge became one with the leaf
	edge := append([]tlog.Hash(nil), t.edge[:len(t.edge)-joined]...)
	return tree{t.size + 1, append(edge, made[joined])}, nil
}

func (t tree) hash() (tlog.Hash, error) { return tlog.TreeHash(t.size, t) }
