package side

// Workload is what a library exposes.
type Workload struct {
	Kind         string    `json:"kind"`
	Labels       []string  `json:"labels"`
	Families     []Family  `json:"families"`
	Series       []Series  `json:"series"`
	Buckets      []float64 `json:"buckets"`
	Observations []float64 `json:"observations"`
}

// Family is one metric.
type Family struct {
	Name   string  `json:"name"`
	Help   string  `json:"help"`
	Offset float64 `json:"offset"`
	Step   float64 `json:"step"`
}

// Series is a combination of label values, which every family has.
type Series struct {
	Values []string `json:"values"`
	Start  float64  `json:"start"`
}

// Selection is the part of the series that a change affects.
type Selection struct {
	From  int `json:"from"`
	To    int `json:"to"`
	Every int `json:"every"`
	Phase int `json:"phase"`
	// Every so manieth of the selected series of a family gets a half more; 0 if none does.
	Halves int `json:"halves"`
}

// Extra returns how much more than its step a selected counter gets.
func (s Selection) Extra(series int) float64 {
	if s.Halves > 0 && series/s.Every%s.Halves == 0 {
		return 0.5
	}
	return 0
}

// Each calls a function for each selected series.
func (s Selection) Each(w *Workload, change func(family, series int)) {
	for f := s.From; f < s.To; f++ {
		for i := ((s.Phase-f)%s.Every + s.Every) % s.Every; i < len(w.Series); i += s.Every {
			change(f, i)
		}
	}
}
