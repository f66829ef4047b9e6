//go:build openfaas

package baseimage

import (
	"context"
	"errors"
	"strconv"
)

// certificates is where Debian and distroless keep the certificates of authorities.
const certificates = "etc/ssl/certs/ca-certificates.crt"

// nonroot is the number of distroless's user and group that is not root.
const nonroot = 65532

// loadRuntime stands in for distroless/static: what a static program needs around it, and no program.
func loadRuntime(ctx context.Context, c Config) error {
	return image{
		name:         runtimeImage,
		architecture: c.Architecture,
		environment:  []string{"SSL_CERT_FILE=/" + certificates},
		user:         strconv.Itoa(nonroot),
		folder:       "/home/nonroot",
		fill: func(_ context.Context, files *archive) error {
			return errors.Join(
				files.directory("tmp", 0o1777, 0),
				files.directory("home/nonroot", 0o700, nonroot),
				files.text("etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"),
				files.text("etc/group", "root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n"),
				files.file(certificates, "/"+certificates, 0o644),
			)
		},
	}.load(ctx)
}
