#!/bin/sh
# Runs the store's tests over DynamoDB Local. To be run where there is no network but this process's own: `make second-opinion`.
set -eu
test "$(ip -o link | wc -l)" = 1 || { echo "Run it by: make second-opinion" >&2; exit 1; }
ip link set lo up
java -Xmx512m -Djava.library.path="$1/DynamoDBLocal_lib" -jar "$1/DynamoDBLocal.jar" \
	-inMemory -sharedDb -port 8000 -disableTelemetry >build/dynamodb-local/log 2>&1 &
local=$!
trap 'kill $local' EXIT
until python3 -c 'import socket; socket.create_connection(("127.0.0.1", 8000), 1)' 2>/dev/null; do kill -0 $local; sleep 0.2; done
DYNAMODB=http://127.0.0.1:8000 .venv/bin/pytest backend/tests/contracts -k dynamodb
