package connector

import (
	"errors"
	"fmt"
	"strings"
)

// subscription is one function that wants one topic. The function is named as the gateway routes to it: with its
// namespace, if there is one. The topic is a NATS subject, or a pattern of subjects.
type subscription struct{ function, topic string }

// durable is the consumer's name, link-checker_openfaas-fn__link_added: a dot, which it may not have, becomes _, and
// what could be taken for something else an escape. Nothing that is escaped begins with _, so no two are named alike.
func durable(s subscription) string {
	escape := strings.NewReplacer(".", "_", "_", "=5F", "=", "=3D", "*", "=2A", ">", "=3E")
	return escape.Replace(s.function) + "__" + escape.Replace(s.topic)
}

// ConsumerName is the name of the consumer by which a function, named as the gateway routes to it, gets the events of a topic.
func ConsumerName(function, topic string) string { return durable(subscription{function, topic}) }

// maxDurable is how long the broker lets a consumer's name be.
const maxDurable = 255

// servable fails with a sentence if no consumer can be made for the subscription.
func (s subscription) servable() error {
	if !isFunctionName(s.function) {
		return errors.New("a function's name has only letters, digits, hyphens, underscores and single dots")
	}
	if err := checkTopic(s.topic); err != nil {
		return err
	}
	if n := len(durable(s)); n > maxDurable {
		return fmt.Errorf("the names of function and topic make a consumer's name of %d characters, and NATS allows %d; shorten them", n, maxDurable)
	}
	return nil
}

func isFunctionName(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-_.", c) {
			return false
		}
	}
	return name != "" && name[0] != '.' && !strings.Contains(name, "..")
}

// checkTopic fails with a sentence if topic is neither a NATS subject nor a pattern of subjects.
func checkTopic(topic string) error {
	tokens := strings.Split(topic, ".")
	for i, token := range tokens {
		switch {
		case token == "":
			return errors.New("a topic has no empty part; it should look like link.added or orders.*.paid")
		case strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' || c == '/' || c == '\\' }):
			return errors.New("a topic has only visible ASCII characters without slashes; it should look like link.added or orders.*.paid")
		case token == ">" && i < len(tokens)-1:
			return errors.New("in a topic > stands for the rest and must come last, as in orders.>")
		case token != "*" && token != ">" && strings.ContainsAny(token, "*>"):
			return errors.New("in a topic * and > stand for whole parts, as in orders.*.paid")
		}
	}
	return nil
}
