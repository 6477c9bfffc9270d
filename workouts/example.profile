# Pacer profile 1
name Example
units km
race 5k 20:00 2026-10-04
race 1500m 5:15 2026-09-20
critical-speed 3.955 m/s +- 0.028
d-prime 254 m +- 25
pace 800m 3'18.7"
pace 1000m 3'22.2"
pace 1500m 3'30"
pace mile 3'31.5"
pace 3k 3'51.7"
pace 2 miles 3'53.1"
pace 5k 4'00"
pace 8k 4'05.8"
pace 10k 4'08.8"
pace 15k 4'15.1"
pace 10 miles 4'16.3"
pace half 4'21.2"
pace marathon 4'32"
zone easy 5'16.1"-5'51.1"
zone steady 4'40.9"-5'08.4"
zone tempo 4'20.7"-4'34.8"
zone critical speed 4'10.3"-4'18"
zone interval 3'56.3"-4'05.5"
zone repetition 3'38"-3'49.8"
tolerance 0.06 m/s
lane 0
waypoints 100 m
metronome 0
