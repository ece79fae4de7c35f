#!/bin/sh
for each in $(ls *.txt); do rm $each; done
