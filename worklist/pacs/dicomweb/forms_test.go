package dicomweb_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

func TestTheFormOfANewWorkitemsQueryIsFoundOutOnce(t *testing.T) {
	const uid = "1.2.826.77"
	for _, understood := range []string{uid, "workitem=" + uid, "AffectedSOPInstanceUID=" + uid} {
		r := &recorder{h: func(w http.ResponseWriter, q *http.Request) {
			if q.URL.RawQuery != understood && q.URL.RawQuery != "" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.Header().Set("Location", "http://pacs/workitems/"+uid)
			w.WriteHeader(http.StatusCreated)
		}}
		url := serve(t, r)
		arch := client(t, dicomweb.Config{BaseURL: url, UPSURL: url})
		ask := func() int {
			before := len(r.seen)
			if got, err := arch.CreateWorkitem(context.Background(), uid, new(dicom.Dataset)); err != nil || got != uid {
				t.Errorf("%s: %q, %v", understood, got, err)
			}
			return len(r.seen) - before
		}
		if first, then := ask(), ask(); first > 3 || then != 1 {
			t.Errorf("%s: %d requests, then %d", understood, first, then)
		}
	}
}

func TestARefusedWorkitemIsNotCreatedTwice(t *testing.T) {
	for _, status := range []int{409, 403, 500, 200} {
		r := &recorder{h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }}
		url := serve(t, r)
		_, err := client(t, dicomweb.Config{BaseURL: url, UPSURL: url}).CreateWorkitem(context.Background(), "1.2.3", new(dicom.Dataset))
		if len(r.seen) != 1 || (err == nil) != (status == 200) {
			t.Errorf("%d: %d requests, %v", status, len(r.seen), err)
		}
	}
	r := &recorder{h: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }}
	url := serve(t, r)
	_, err := client(t, dicomweb.Config{BaseURL: url, UPSURL: url}).CreateWorkitem(context.Background(), "1.2.3", new(dicom.Dataset))
	if reason, ok := pacs.ReasonOf(err); !ok || reason != pacs.Refused || len(r.seen) != 3 {
		t.Errorf("%d requests, %v", len(r.seen), err)
	}
}
