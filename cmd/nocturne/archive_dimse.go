package main

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
)

// archiveDIMSE says where the embedded archive answers associations.
type archiveDIMSE struct {
	listen       string
	ae           string
	destinations []string
}

func (f *archiveDIMSE) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.listen, "dimse-listen", anyPort, "loopback address to take DICOM associations on; off: none")
	fs.StringVar(&f.ae, "ae", demo.DefaultAE, "the archive's AE title")
	fs.StringArrayVar(&f.destinations, "destination", nil, "AE=address of one that C-MOVE sends to, on loopback (may be given again)")
}

func (f *archiveDIMSE) options(o *demo.Options) error {
	o.AE, o.Destinations = f.ae, map[string]string{}
	for _, d := range f.destinations {
		ae, address, ok := strings.Cut(d, "=")
		if !ok {
			return usagef("--destination is AE=address, such as HOME=127.0.0.1:11112")
		}
		o.Destinations[ae] = address
	}
	return nil
}

// serve adds to urls where associations are taken.
func (f *archiveDIMSE) serve(ctx context.Context, a *demo.Archive, urls demo.URLs) (demo.URLs, error) {
	if f.listen == "off" {
		return urls, nil
	}
	at, err := a.ServeDIMSE(ctx, f.listen)
	urls.DIMSE, urls.AE = at.DIMSE, at.AE
	return urls, err
}
