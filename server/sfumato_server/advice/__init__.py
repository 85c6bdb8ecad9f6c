"""Advice before and while a job runs: tables of rules over plain facts. It never blocks a job."""
