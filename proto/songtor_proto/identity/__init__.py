"""Who is who: keys, key statements and pins, certificates, invitations. Rules I1 to I10, K1 to K6."""
