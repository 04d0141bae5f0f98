# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A local S3 for tests: moto's server, in memory, and the AWS command line, both from PyPI.

# aws_program: the path of the AWS command line.
aws_program() { echo "$home/venv/bin/aws"; }

# install_s3: both programs; fails (without ending the script) when they cannot be had.
install_s3() { install_wheel "$wheel_moto" && install_wheel "$wheel_aws"; }

# start_s3 DIRECTORY: an empty S3 each time: moto keeps nothing on disk.
start_s3() {
  local directory=$1
  install_s3 || die "moto and awscli cannot be installed from PyPI"
  if [[ ! -s $directory/port ]]; then
    mkdir -p "$directory"
    free_ports 1 >"$directory/port"
  fi
  # The directory is an argument only so that the process can be recognised.
  detached "$directory/log" "$home/venv/bin/python" -c \
    'import sys; from moto.server import main; main(sys.argv[1:3])' \
    -p"$(<"$directory/port")" -H127.0.0.1 "$directory" >"$directory/pid"
  wait_until 60 answers_or_ended "$directory" || true
  answers "$(<"$directory/port")" || server_failed "$directory/log" "moto does not start"
}
