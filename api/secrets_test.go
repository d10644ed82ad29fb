package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/api"
)

func TestSecretsAreNeitherPrintedNorLogged(t *testing.T) {
	const secret, email = "s3cret", "user@example.com"
	for _, v := range []any{
		api.Credentials{Email: email, Password: secret},
		api.CreateRequest{Email: email, Password: secret},
		api.UpdateRequest{Email: new(email), Password: new(secret)},
		api.ResetPasswordRequest{Email: email, Password: secret, Token: secret},
		api.Token{AccessToken: secret},
	} {
		t.Run(fmt.Sprintf("%T", v), func(t *testing.T) {
			pointer := reflect.New(reflect.TypeOf(v))
			pointer.Elem().Set(reflect.ValueOf(v))
			inside := struct{ Inside any }{v}
			for _, printed := range []any{v, pointer.Interface(), []any{v}, inside} {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
					text := fmt.Sprintf(verb, printed)
					if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
						t.Errorf("%s prints %s", verb, text)
					}
				}
			}
			var logged bytes.Buffer
			slog.New(slog.NewJSONHandler(&logged, nil)).Info("sent", "json", v)
			slog.New(slog.NewTextHandler(&logged, nil)).Info("sent", "text", v)
			if strings.Contains(logged.String(), secret) {
				t.Errorf("logged: %s", &logged)
			}
			if text, err := json.Marshal(v); err != nil || !bytes.Contains(text, []byte(secret)) {
				t.Errorf("sent is %s, %v", text, err)
			}
		})
	}
	if text := fmt.Sprintf("%+v", api.Credentials{Email: email, Password: secret}); text != "{Email:user@example.com Password:…}" {
		t.Errorf("printed is %s: want the rest as ever", text)
	}
}
