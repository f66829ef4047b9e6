// Package embedded holds the neighbours of link-manager that it brings along where nobody runs them: a NATS broker
// (StartBroker) and an OpenFaaS gateway (NewGateway) that hosts functions written in Go. Both speak the real protocols,
// so the rest of the program, nats.go, connector-sdk and faas-cli cannot tell the difference, up to what the gateway
// refuses with 501.
package embedded
