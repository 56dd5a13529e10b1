//go:build newer

package main

import (
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// The zero parser has become invalid.
func newParser() expfmt.TextParser {
	return expfmt.NewTextParser(model.UTF8Validation)
}
