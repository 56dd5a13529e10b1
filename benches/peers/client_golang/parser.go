//go:build !newer

package main

import "github.com/prometheus/common/expfmt"

func newParser() expfmt.TextParser {
	return expfmt.TextParser{}
}
