package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// The bounds on what a run does about a rate limiter and failures on the way.
const (
	longestWait  = time.Minute            // that a response may ask for
	longestPause = 5 * time.Second        // between two requests
	shortPause   = 100 * time.Millisecond // before a failed request is sent again
	shortWait    = 2 * time.Second        // that costs less than pauses between the requests,
	manyBetween  = 5                      // if there are so many between two refusals
	mostLimited  = 4                      // times in a row that a request is sent to a rate limiter without a Retry-After
	mostRepeated = 20                     // requests that are sent again after a failure on the way
	mostBroken   = 3                      // requests in a row without a response
	mostBlocked  = 3                      // operations that a limiter ends before it ends the run
)

const limitedRequests = "requests are limited"

// errStopped ends a run early. What was seen until then is reported.
var errStopped = errors.New("the run was stopped")

// pace is how fast a run sends, which a rate limiter decides, and how it bears failures on the way.
type pace struct {
	sleep    func(context.Context, time.Duration) error
	now      func() time.Time
	pause    time.Duration     // between two requests
	since    time.Time         // the last time that the limiter refused a request, or the first request
	count    int               // of the requests since then
	slowed   bool              // whether the limiter refused one
	repeated int               // requests that were sent again
	broken   int               // requests in a row without a response
	foreign  bool              // whether the last response was not the backend's
	blocked  map[string]string // why an operation is sent no longer, by its place
	stopped  string            // why the run was stopped; "" if it was not
	why      string            // the same in a few words
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deliver sends the request of x until a response is there to record. It waits as a rate limiter asks for, and sends
// what only reads or deletes once more after a failure on the way. It returns errStopped if it cannot go on.
func (r *run) deliver(ctx context.Context, x *conform.Exchange) error {
	for attempt := 1; ; attempt++ {
		if err := r.before(ctx); err != nil {
			return err
		}
		err := r.once(ctx, x)
		if ctx.Err() != nil {
			return r.timeUp(ctx)
		}
		wait, limited := limit(x, attempt)
		switch {
		case err == nil && limited:
			if !r.slowDown(ctx, x, wait, attempt) {
				return nil // the refusal is recorded
			}
		case attempt == 1 && (err != nil || onTheWay(x)) && r.mayRepeat(x, err):
			r.pace.repeated++
			if err := r.pace.sleep(ctx, shortPause); err != nil {
				return r.timeUp(ctx)
			}
		default:
			r.pace.foreign = err != nil || foreign(x) != ""
			return err
		}
	}
}

// mayRepeat reports whether a request is sent again after a failure on the way: if it is alone, and nothing is done
// twice.
func (r *run) mayRepeat(x *conform.Exchange, err error) bool {
	idempotent := x.Method == http.MethodGet || x.Method == http.MethodDelete
	return idempotent && r.sent > 1 && !r.pace.foreign && r.pace.repeated < mostRepeated && !errors.Is(err, errTooLarge)
}

// once sends the request of x once.
func (r *run) once(ctx context.Context, x *conform.Exchange) error {
	x.Status, x.ResponseHeader, x.ResponseBody = 0, http.Header{}, nil
	ctx, cancel := context.WithTimeout(ctx, orDefault(r.config.Patience, defaultPatience))
	defer cancel()
	return r.exchange(ctx, r.base, x)
}

// before waits as long as requests are apart, and counts the request.
func (r *run) before(ctx context.Context) error {
	if r.pace.stopped != "" {
		return errStopped
	}
	if r.sent++; r.sent > orDefault(r.config.MaxExchanges, defaultMaxExchanges) {
		return errTooMany
	}
	if r.pace.since.IsZero() {
		r.pace.since = r.pace.now()
	}
	r.pace.count++
	if r.pace.pause > 0 {
		if err := r.pace.sleep(ctx, r.pace.pause); err != nil {
			return r.timeUp(ctx)
		}
	}
	return nil
}

// timeUp ends a run whose context is done.
func (r *run) timeUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	r.pace.stopped, r.pace.why = "the time for the run was up", "the time was up"
	if r.pace.slowed {
		r.pace.stopped += ", since the backend, or a proxy before it, limits requests"
		r.pace.why = limitedRequests
	}
	return errStopped
}

// onTheWay reports whether a response is that of a proxy or a CDN that has none of the backend.
func onTheWay(x *conform.Exchange) bool {
	gateway := x.Status >= http.StatusBadGateway && x.Status <= http.StatusGatewayTimeout
	return (gateway || x.Status >= 520 && x.Status <= 530) && foreign(x) != ""
}

// limit returns how long a rate limiter asks to wait, and whether x is its response.
func limit(x *conform.Exchange, attempt int) (wait time.Duration, limited bool) {
	text := x.ResponseHeader.Get("Retry-After")
	if x.Status != http.StatusTooManyRequests && (x.Status != http.StatusServiceUnavailable || text == "") {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return time.Duration(max(seconds, 1)) * time.Second, true
	}
	if date, err := http.ParseTime(text); err == nil {
		if sent, err := http.ParseTime(x.ResponseHeader.Get("Date")); err == nil {
			return max(date.Sub(sent), time.Second), true
		}
	}
	return time.Second << attempt, true
}

// slowDown waits, and makes the run send no faster than the limiter let requests through until now. If that takes too
// long it returns false: then the operation is sent no longer, because logins have limits of their own, and if that is so
// of several, the run is stopped.
func (r *run) slowDown(ctx context.Context, x *conform.Exchange, wait time.Duration, attempt int) bool {
	p := &r.pace
	end, ends := ctx.Deadline()
	late := wait <= longestWait && ends && p.now().Add(wait).After(end)
	if late || wait > longestWait || attempt > mostLimited {
		why := fmt.Sprintf("the backend, or a proxy before it, limits requests, and asked for a wait of %s", wait)
		if p.blocked[placeOf(x)] = why; late || len(p.blocked) >= mostBlocked {
			p.stopped, p.why = why, limitedRequests
		}
		p.pause = 0 // as far as is known, the limit is that of the operation
		return false
	}
	if even := (p.now().Sub(p.since) + wait) / time.Duration(max(p.count, 1)); wait > shortWait || p.count < manyBetween {
		p.pause = min(max(even, p.pause), longestPause)
	}
	if !p.slowed {
		r.note("requests were limited by the backend or a proxy before it: the run went on more slowly")
		p.slowed = true
	}
	r.progress("waiting for %s: requests are limited", wait.Round(time.Second))
	if p.sleep(ctx, wait) != nil {
		return false
	}
	p.since, p.count = p.now(), 0
	return true
}
