package browser

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// make screenshots sets it.
var screenshots = flag.String("screenshots", "", "the `folder` to write the screenshots of the documents to")

// maxScreenshot is how large a screenshot in a repository may be.
const maxScreenshot = 150 << 10

// The screenshots in the documents are made from the storefront's own demo.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	site := launch(t, "-addr", "localhost:0").Addr
	tab := chromium.Profile(t).Tab()
	logIn(t, tab, site, ada)
	tab.Click("Orders")
	order := tab.Click(tab.First("main ol li:nth-child(2) a")).Path()
	for _, page := range []struct{ name, path string }{{"orders", "/orders"}, {"order", order}, {"addresses", "/addresses"}} {
		for _, size := range []struct {
			name          string
			width, height int64
			mobile        bool
		}{{"desktop", 1024, 720, false}, {"phone", 375, 720, true}} {
			tab.Size(size.width, size.height, size.mobile)
			tab.Open(site + page.path)
			image := tab.Screenshot()
			if picture, err := png.DecodeConfig(bytes.NewReader(image)); err != nil || picture.Width != int(size.width) || len(image) > maxScreenshot {
				t.Errorf("%s, %s: %d bytes, %d pixels wide: %v", page.name, size.name, len(image), picture.Width, err)
			}
			if *screenshots == "" {
				continue
			}
			file := filepath.Join(*screenshots, "storefront-"+page.name+"-"+size.name+".png")
			if err := os.WriteFile(file, image, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
